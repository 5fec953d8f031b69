# Java reads neither the variables of a proxy nor a certificate in PEM.
# usage: restFb.sh <class path> <call> <psid> <text or app id>
set -eu
classes=$1
shift
store=$HOME/trust.p12
[ -e "$store" ] || keytool -importcert -noprompt -alias emulator -file "$SSL_CERT_FILE" \
  -keystore "$store" -storetype PKCS12 -storepass emulator 2>/dev/null
exec java -Dhttps.proxyHost=127.0.0.1 "-Dhttps.proxyPort=${https_proxy##*:}" \
  "-Djavax.net.ssl.trustStore=$store" -Djavax.net.ssl.trustStorePassword=emulator -cp "$classes" RestFb "$@"
