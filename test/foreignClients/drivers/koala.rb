require 'koala'

call, psid, value = ARGV
graph = Koala::Facebook::API.new(ENV.fetch('PAGE_TOKEN'), ENV.fetch('APP_SECRET'))
if call == 'send'
  graph.put_connections('me', 'messages',
                        recipient: { id: psid }, message: { text: value }, messaging_type: 'RESPONSE')
else
  graph.put_connections('me', 'pass_thread_control', recipient: { id: psid }, target_app_id: value)
end
