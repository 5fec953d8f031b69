#Requires -Version 7.2
<#
.SYNOPSIS
Deploys the primary and the secondary bot with the same template, and fetches what Meta's dashboard asks for.
.DESCRIPTION
The same as deploy.sh, for PowerShell 7. Fill in primary.parameters.json and secondary.parameters.json first. Secrets come from the environment:
PRIMARY_FACEBOOK_APP_SECRET, PRIMARY_FACEBOOK_PAGE_TOKEN, for SingleTenant PRIMARY_MICROSOFT_APP_PASSWORD, for a bot of your own
PRIMARY_OWN_SETTINGS ('{"MyApiKey":"..."}'), and the same with SECONDARY_.
.EXAMPLE
./deploymentTemplates/deploy.ps1 -ResourceGroup handover -Location westeurope -WhatIfOnly
#>
# A word that belongs to no option is a mistake, and not the next option's value.
[CmdletBinding(PositionalBinding = $false)]
param(
  [Parameter(Mandatory)] [string] $ResourceGroup,
  # Region of a new resource group. Without it the group has to exist.
  [string] $Location,
  # Deploys one of the two bots.
  [ValidateSet('primary', 'secondary')] [string] $Only,
  # A zip file of the project, deployed to each App Service.
  [string] $Zip,
  # A new folder, or one of an earlier run, for the verify tokens, each in a file that only this user can read.
  [string] $Out = '.verify-tokens',
  # Shows what would change, and changes nothing.
  [switch] $WhatIfOnly,
  [switch] $PrintVerifyTokens
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# What a program's failure does on its own differs by version and settings, so each call is looked at below.
$PSNativeCommandUseErrorActionPreference = $false

$roles = if ($Only) { @($Only) } else { @('primary', 'secondary') }
if ($Zip -and -not (Test-Path -LiteralPath $Zip -PathType Leaf)) { throw "There is no file $Zip." }
if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
  throw 'The Azure CLI is needed: https://learn.microsoft.com/cli/azure/install-azure-cli'
}

# The value of a variable such as PRIMARY_FACEBOOK_APP_SECRET, or an empty text.
function Read-Secret([string] $Role, [string] $Name) {
  "$([Environment]::GetEnvironmentVariable("$($Role.ToUpperInvariant())_$Name"))"
}

$missing = foreach ($role in $roles) {
  foreach ($name in 'FACEBOOK_APP_SECRET', 'FACEBOOK_PAGE_TOKEN') {
    if (-not (Read-Secret $role $name)) { "$($role.ToUpperInvariant())_$name" }
  }
}
if ($missing) { throw "Not set in the environment: $($missing -join ', ')" }
foreach ($role in $roles) {
  foreach ($name in 'FACEBOOK_APP_SECRET', 'FACEBOOK_PAGE_TOKEN', 'MICROSOFT_APP_PASSWORD', 'OWN_SETTINGS') {
    if ((Read-Secret $role $name) -match '\p{Cc}') {
      throw "$($role.ToUpperInvariant())_$name holds a line break or another control character."
    }
  }
}

# An earlier run made it for this user alone and put nothing else into it. Any other folder stays as it is.
$existing = Get-Item -Force -LiteralPath $Out -ErrorAction SilentlyContinue
if ($existing) {
  $isPrivate = $existing.PSIsContainer -and -not $existing.LinkType -and ($IsWindows -or $existing.UnixMode -eq 'drwx------')
  $strangers = if ($isPrivate) { Get-ChildItem -Force -LiteralPath $Out | Where-Object Name -NotIn 'primary', 'secondary' }
  if (-not $isPrivate -or $strangers) {
    throw "$Out was not made by this script; -Out takes a folder that does not exist yet, or one of an earlier run."
  }
}

# Runs az, and stops when it failed.
function Invoke-Az {
  az @args
  if ($LASTEXITCODE -ne 0) { throw "az $($args[0..1] -join ' ') failed; what it says stands above." }
}

# A folder that only this user can enter: by its mode, on Windows by an access list which the files inside inherit.
function New-PrivateFolder([string] $Path) {
  New-Item -ItemType Directory -Force -Path $Path | Out-Null
  if ($IsWindows) {
    $user = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    icacls $Path /inheritance:r /grant:r "*${user}:(OI)(CI)F" | Out-Null
  } else {
    chmod 700 $Path
  }
  if ($LASTEXITCODE -ne 0) { throw "The folder $Path could not be kept from other users." }
}

# A file in such a folder. Nothing stands in it before nobody else can read it.
function Write-PrivateFile([string] $Path, [string] $Text) {
  if (Test-Path -LiteralPath $Path) { Remove-Item -Force -LiteralPath $Path }
  New-Item -ItemType File -Path $Path | Out-Null
  if (-not $IsWindows) {
    chmod 600 $Path
    if ($LASTEXITCODE -ne 0) { throw "The file $Path could not be kept from other users." }
  }
  Set-Content -LiteralPath $Path -Value $Text
}

# Secrets go to az in a file, never in its arguments, which every user of the machine can see.
$private = Join-Path ([IO.Path]::GetTempPath()) "deploy-$([Guid]::NewGuid())"
try {
  New-PrivateFolder $private
  if ($Location -and -not $WhatIfOnly) {
    Invoke-Az group create --name $ResourceGroup --location $Location --output none
  }
  foreach ($role in $roles) {
    $secrets = @{
      '$schema'      = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#'
      contentVersion = '1.0.0.0'
      parameters     = @{
        facebookAppSecret    = @{ value = (Read-Secret $role 'FACEBOOK_APP_SECRET') }
        facebookPageToken    = @{ value = (Read-Secret $role 'FACEBOOK_PAGE_TOKEN') }
        microsoftAppPassword = @{ value = (Read-Secret $role 'MICROSOFT_APP_PASSWORD') }
        ownSettings          = @{ value = (Read-Secret $role 'OWN_SETTINGS') }
      }
    }
    $secretsFile = Join-Path $private "$role.json"
    Write-PrivateFile $secretsFile (ConvertTo-Json -InputObject $secrets -Depth 5 -Compress)
    $arguments = @(
      '--resource-group', $ResourceGroup, '--name', "handover-$role",
      '--template-file', (Join-Path $PSScriptRoot 'template-with-preexisting-rg.json'),
      '--parameters', "@$(Join-Path $PSScriptRoot "$role.parameters.json")", '--parameters', "@$secretsFile"
    )
    if ($WhatIfOnly) {
      Write-Output "$role bot: what would change"
      Invoke-Az deployment group what-if @arguments
      continue
    }
    Write-Output "$role bot: deploying to $ResourceGroup"
    Invoke-Az deployment group create @arguments --output none

    function Read-Output([string] $Name) {
      Invoke-Az deployment group show --resource-group $ResourceGroup --name "handover-$role" --query "properties.outputs.$Name.value" --output tsv
    }
    $bot = Read-Output 'botName'
    $site = Read-Output 'siteName'
    $url = Read-Output 'url'
    if ($Zip) {
      Invoke-Az webapp deploy --resource-group $ResourceGroup --name $site --src-path $Zip --type zip --output none
    }

    # Azure makes both by itself, and tells them to this call only.
    $subscription = Invoke-Az account show --query id --output tsv
    $channel = "https://management.azure.com/subscriptions/$subscription/resourceGroups/$ResourceGroup/providers/Microsoft.BotService/botServices/$bot/channels/FacebookChannel/listChannelWithKeys?api-version=2022-09-15"
    function Read-ChannelValue([string] $Name) {
      # The blanks matter on Windows: PowerShell quotes what has blanks, and az.cmd takes an unquoted | for its own.
      $value = Invoke-Az rest --method post --url $channel --query "resource.properties.$Name || properties.properties.$Name" --output tsv
      if (-not $value) { throw "Azure did not tell the $Name of the Facebook channel of $bot." }
      $value
    }
    $callback = Read-ChannelValue 'callbackUrl'
    $verifyToken = Read-ChannelValue 'verifyToken'
    New-PrivateFolder $Out
    $file = Join-Path $Out $role
    Write-PrivateFile $file $verifyToken
    Write-Output "`n$role bot`n  address        $url`n  Callback URL   $callback"
    if ($PrintVerifyTokens) {
      Write-Output "  Verify token   $verifyToken`n"
    } else {
      Write-Output "  Verify token   in the file $file`n"
    }
  }
} finally {
  if (Test-Path -LiteralPath $private) { Remove-Item -Recurse -Force -LiteralPath $private }
}
if ($WhatIfOnly) { return }

Write-Output @'
Next, for each Meta app at https://developers.facebook.com/apps:
  1. Messenger > Messenger API Settings > Configure webhooks: Callback URL and Verify token from above, then Verify and save.
  2. Webhook fields: messages, messaging_postbacks, messaging_handovers, standby, message_echoes.
  3. Generate access tokens: Add Subscriptions beside the Page, with the same fields.
Then npm run doctor -- --url <address of the bot> says whether all is well.
'@
