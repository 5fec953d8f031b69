# Runs the example of facebook-messenger with its server.
require 'webrick'
require 'rack'
require 'rack/handler/webrick'
require 'facebook/messenger'
require ENV.fetch('BOT')

Rack::Handler::WEBrick.run(Facebook::Messenger::Server, Host: '127.0.0.1', Port: Integer(ENV.fetch('PORT')))
