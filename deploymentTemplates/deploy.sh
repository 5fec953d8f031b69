#!/usr/bin/env bash
# Deploys the primary and the secondary bot with the same template, and fetches what Meta's dashboard asks for.
set -euo pipefail
umask 077

usage() {
  cat <<'TEXT'
Usage: deploymentTemplates/deploy.sh --resource-group <name> [--location <region>] [--only primary|secondary]
                                     [--zip <file>] [--out <folder>] [--what-if] [--print-verify-tokens]

  --resource-group       where everything goes; with --location it is made when it does not exist
  --location             region of a new resource group, such as westeurope
  --only                 deploys one of the two bots
  --zip                  a zip file of the project, deployed to each App Service
  --out                  a new folder, or one of an earlier run, for the verify tokens, each in a file of mode 0600
                         (default: .verify-tokens)
  --what-if              shows what would change, and changes nothing
  --print-verify-tokens  prints them as well

Fill in deploymentTemplates/primary.parameters.json and secondary.parameters.json first. Secrets come from the environment:
  PRIMARY_FACEBOOK_APP_SECRET    SECONDARY_FACEBOOK_APP_SECRET
  PRIMARY_FACEBOOK_PAGE_TOKEN    SECONDARY_FACEBOOK_PAGE_TOKEN
  PRIMARY_MICROSOFT_APP_PASSWORD SECONDARY_MICROSOFT_APP_PASSWORD (SingleTenant only)
  PRIMARY_OWN_SETTINGS           SECONDARY_OWN_SETTINGS (for a bot of your own: '{"MyApiKey":"..."}')
TEXT
}

fail() {
  printf '%s\n' "$1" >&2
  exit 2
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
group='' location='' only='' zip='' out='.verify-tokens' what_if='' print_tokens=''
while [ $# -gt 0 ]; do
  case $1 in
    --resource-group | --location | --only | --zip | --out)
      [ $# -ge 2 ] || fail "$1 needs a value."
      case $1 in
        --resource-group) group=$2 ;;
        --location) location=$2 ;;
        --only) only=$2 ;;
        --zip) zip=$2 ;;
        --out) out=$2 ;;
      esac
      shift 2
      ;;
    --what-if)
      what_if=yes
      shift
      ;;
    --print-verify-tokens)
      print_tokens=yes
      shift
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    *) fail "There is no option $1; --help lists them." ;;
  esac
done
[ -n "$group" ] || fail 'Which resource group? --resource-group <name>; --help tells more.'
case $only in
  '') roles='primary secondary' ;;
  primary | secondary) roles=$only ;;
  *) fail '--only is primary or secondary.' ;;
esac
[ -z "$zip" ] || [ -f "$zip" ] || fail "There is no file $zip."
command -v az >/dev/null || fail 'The Azure CLI is needed: https://learn.microsoft.com/cli/azure/install-azure-cli'

# The value of a variable such as PRIMARY_FACEBOOK_APP_SECRET, or nothing.
secret_of() {
  local name
  name=$(printf '%s_%s' "$1" "$2" | tr '[:lower:]' '[:upper:]')
  printf '%s' "${!name-}"
}

missing=''
for role in $roles; do
  for name in FACEBOOK_APP_SECRET FACEBOOK_PAGE_TOKEN; do
    [ -n "$(secret_of "$role" "$name")" ] || missing="$missing $(printf '%s' "$role" | tr '[:lower:]' '[:upper:]')_$name"
  done
done
[ -z "$missing" ] || fail "Not set in the environment:$missing"
for role in $roles; do
  for name in FACEBOOK_APP_SECRET FACEBOOK_PAGE_TOKEN MICROSOFT_APP_PASSWORD OWN_SETTINGS; do
    case $(secret_of "$role" "$name") in
      *[[:cntrl:]]*) fail "$(printf '%s' "$role" | tr '[:lower:]' '[:upper:]')_$name holds a line break or another control character." ;;
    esac
  done
done

# An earlier run made it for this user alone and put nothing else into it. Any other folder stays as it is.
if [ -e "$out" ] || [ -L "$out" ]; then
  private_folder=$(find "${out%/}" -maxdepth 0 -type d -perm 0700)
  stranger=$(find "${out%/}" -mindepth 1 ! -name primary ! -name secondary | head -n 1)
  [ -n "$private_folder" ] && [ -z "$stranger" ] ||
    fail "$out was not made by this script; --out takes a folder that does not exist yet, or one of an earlier run."
fi

# Secrets go to az in a file that only this user can read, never in its arguments, which every user of the machine can see.
private=$(mktemp -d)
trap 'rm -rf "$private"' EXIT
write_secrets() {
  local quoted
  json() {
    quoted=${1//\\/\\\\}
    quoted=${quoted//\"/\\\"}
    printf '{"value":"%s"}' "$quoted"
  }
  {
    # shellcheck disable=SC2016 # $schema is a name in JSON.
    printf '{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#","contentVersion":"1.0.0.0","parameters":{'
    printf '"facebookAppSecret":%s,' "$(json "$(secret_of "$1" FACEBOOK_APP_SECRET)")"
    printf '"facebookPageToken":%s,' "$(json "$(secret_of "$1" FACEBOOK_PAGE_TOKEN)")"
    printf '"microsoftAppPassword":%s,' "$(json "$(secret_of "$1" MICROSOFT_APP_PASSWORD)")"
    printf '"ownSettings":%s' "$(json "$(secret_of "$1" OWN_SETTINGS)")"
    printf '}}\n'
  } >"$private/$1.json"
}

if [ -n "$location" ] && [ -z "$what_if" ]; then
  az group create --name "$group" --location "$location" --output none
fi

for role in $roles; do
  write_secrets "$role"
  arguments=(--resource-group "$group" --name "handover-$role"
    --template-file "$here/template-with-preexisting-rg.json"
    --parameters "@$here/$role.parameters.json" --parameters "@$private/$role.json")
  if [ -n "$what_if" ]; then
    printf '%s bot: what would change\n' "$role"
    az deployment group what-if "${arguments[@]}"
    continue
  fi
  printf '%s bot: deploying to %s\n' "$role" "$group"
  az deployment group create "${arguments[@]}" --output none

  output_of() {
    az deployment group show --resource-group "$group" --name "handover-$role" --query "properties.outputs.$1.value" --output tsv
  }
  bot=$(output_of botName)
  site=$(output_of siteName)
  url=$(output_of url)
  if [ -n "$zip" ]; then
    az webapp deploy --resource-group "$group" --name "$site" --src-path "$zip" --type zip --output none
  fi

  # Azure makes both by itself, and tells them to this call only.
  subscription=$(az account show --query id --output tsv)
  channel="https://management.azure.com/subscriptions/$subscription/resourceGroups/$group/providers/Microsoft.BotService/botServices/$bot/channels/FacebookChannel/listChannelWithKeys?api-version=2022-09-15"
  channel_value() {
    local value
    value=$(az rest --method post --url "$channel" --query "resource.properties.$1 || properties.properties.$1" --output tsv)
    [ -n "$value" ] || fail "Azure did not tell the $1 of the Facebook channel of $bot."
    printf '%s' "$value"
  }
  callback=$(channel_value callbackUrl)
  token=$(channel_value verifyToken)
  mkdir -p "$out"
  chmod 700 "$out"
  rm -f "$out/$role"
  printf '%s\n' "$token" >"$out/$role"
  printf '\n%s bot\n  address        %s\n  Callback URL   %s\n' "$role" "$url" "$callback"
  if [ -n "$print_tokens" ]; then
    printf '  Verify token   %s\n\n' "$token"
  else
    printf '  Verify token   in the file %s\n\n' "$out/$role"
  fi
done
[ -z "$what_if" ] || exit 0

cat <<'TEXT'
Next, for each Meta app at https://developers.facebook.com/apps:
  1. Messenger > Messenger API Settings > Configure webhooks: Callback URL and Verify token from above, then Verify and save.
  2. Webhook fields: messages, messaging_postbacks, messaging_handovers, standby, message_echoes.
  3. Generate access tokens: Add Subscriptions beside the Page, with the same fields.
Then npm run doctor -- --url <address of the bot> says whether all is well.
TEXT
