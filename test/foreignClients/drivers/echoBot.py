# Runs the example of pymessenger with the tokens that its user fills in.
import os

import echo_bot

echo_bot.VERIFY_TOKEN = os.environ["VERIFY_TOKEN"]
echo_bot.bot = echo_bot.Bot(os.environ["PAGE_TOKEN"])
echo_bot.app.run(port=int(os.environ["PORT"]))
