import json
import os
import sys

import facebook

call, psid, value = sys.argv[1:]
graph = facebook.GraphAPI(access_token=os.environ["PAGE_TOKEN"], app_secret=os.environ["APP_SECRET"])
recipient = json.dumps({"id": psid})
if call == "send":
    graph.put_object("me", "messages", recipient=recipient, message=json.dumps({"text": value}))
else:
    graph.put_object("me", "pass_thread_control", recipient=recipient, target_app_id=value)
