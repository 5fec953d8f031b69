#!/bin/sh
# Calls the emulator with clients of Messenger that this project did not write. They are installed into a folder that is
# removed afterwards and are no dependencies of the project; the npm registry has to be reachable.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --no-save --loglevel=error \
  messaging-api-messenger@1.1.0 messenger-node@0.3.2 facebook-nodejs-business-sdk@24.0.1
cd "$root"
node commands/launch.js test/foreignClients/callEmulator.js "$folder"
