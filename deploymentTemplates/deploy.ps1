#Requires -Version 7.2
<#
.SYNOPSIS
Deploys the primary and the secondary bot with the same template, and fetches what Meta's dashboard asks for.
.DESCRIPTION
Fill in primary.parameters.json and secondary.parameters.json first. Secrets come from the environment:
PRIMARY_FACEBOOK_APP_SECRET, PRIMARY_FACEBOOK_PAGE_TOKEN, for SingleTenant PRIMARY_MICROSOFT_APP_PASSWORD, and the same with SECONDARY_.
.EXAMPLE
./deploymentTemplates/deploy.ps1 -ResourceGroup handover -Location westeurope -WhatIfOnly
#>
[CmdletBinding()]
param(
  [Parameter(Mandatory)] [string] $ResourceGroup,
  # Region of a new resource group. Without it the group has to exist.
  [string] $Location = '',
  # Deploys one of the two bots.
  [ValidateSet('', 'primary', 'secondary')] [string] $Only = '',
  # A zip file of the project, deployed to each App Service.
  [string] $Zip = '',
  # Where the verify tokens are written, each in a file that only this user can read.
  [string] $Out = '.verify-tokens',
  # Shows what would change, and changes nothing.
  [switch] $WhatIfOnly,
  [switch] $PrintVerifyTokens
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

$roles = if ($Only) { @($Only) } else { @('primary', 'secondary') }
if ($Zip -and -not (Test-Path -LiteralPath $Zip -PathType Leaf)) { throw "There is no file $Zip." }
if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
  throw 'The Azure CLI is needed: https://learn.microsoft.com/cli/azure/install-azure-cli'
}

function Get-Secret([string] $Role, [string] $Name) {
  [Environment]::GetEnvironmentVariable("$($Role.ToUpperInvariant())_$Name")
}

$missing = foreach ($role in $roles) {
  foreach ($name in 'FACEBOOK_APP_SECRET', 'FACEBOOK_PAGE_TOKEN') {
    if (-not (Get-Secret $role $name)) { "$($role.ToUpperInvariant())_$name" }
  }
}
if ($missing) { throw "Not set in the environment: $($missing -join ', ')" }

# Files that only this user can read: by their mode, on Windows by the access list.
function Protect-Path([string] $Path, [string] $Mode) {
  if ($IsWindows) {
    icacls $Path /inheritance:r /grant:r "$([Environment]::UserDomainName)\$([Environment]::UserName):(OI)(CI)F" | Out-Null
  } else {
    chmod $Mode $Path
  }
}

# Secrets go to az in a file, never in its arguments, which every user of the machine can see.
$private = New-Item -ItemType Directory -Path (Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid()))
Protect-Path $private.FullName '700'
try {
  if ($Location -and -not $WhatIfOnly) {
    az group create --name $ResourceGroup --location $Location --output none
  }
  foreach ($role in $roles) {
    $secrets = @{
      '$schema'      = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#'
      contentVersion = '1.0.0.0'
      parameters     = @{
        facebookAppSecret    = @{ value = Get-Secret $role 'FACEBOOK_APP_SECRET' }
        facebookPageToken    = @{ value = Get-Secret $role 'FACEBOOK_PAGE_TOKEN' }
        microsoftAppPassword = @{ value = "$(Get-Secret $role 'MICROSOFT_APP_PASSWORD')" }
      }
    }
    $secretsFile = Join-Path $private.FullName "$role.json"
    $secrets | ConvertTo-Json -Depth 5 | Set-Content -LiteralPath $secretsFile
    $arguments = @(
      '--resource-group', $ResourceGroup, '--name', "handover-$role",
      '--template-file', (Join-Path $PSScriptRoot 'template-with-preexisting-rg.json'),
      '--parameters', "@$(Join-Path $PSScriptRoot "$role.parameters.json")", '--parameters', "@$secretsFile"
    )
    if ($WhatIfOnly) {
      Write-Output "$role bot: what would change"
      az deployment group what-if @arguments
      continue
    }
    Write-Output "$role bot: deploying to $ResourceGroup"
    az deployment group create @arguments --output none
    $outputs = az deployment group show --resource-group $ResourceGroup --name "handover-$role" --query properties.outputs --output json |
      ConvertFrom-Json
    if ($Zip) {
      az webapp deploy --resource-group $ResourceGroup --name $outputs.siteName.value --src-path $Zip --type zip --output none
    }

    # Azure makes both by itself, and tells them to this call only.
    $subscription = az account show --query id --output tsv
    $channel = "https://management.azure.com/subscriptions/$subscription/resourceGroups/$ResourceGroup/providers/Microsoft.BotService/botServices/$($outputs.botName.value)/channels/FacebookChannel/listChannelWithKeys?api-version=2022-09-15"
    $callback = az rest --method post --url $channel --query 'resource.properties.callbackUrl || properties.properties.callbackUrl' --output tsv
    $verifyToken = az rest --method post --url $channel --query 'resource.properties.verifyToken || properties.properties.verifyToken' --output tsv
    New-Item -ItemType Directory -Force -Path $Out | Out-Null
    Protect-Path $Out '700'
    $file = Join-Path $Out $role
    New-Item -ItemType File -Force -Path $file | Out-Null
    Protect-Path $file '600'
    Set-Content -LiteralPath $file -Value $verifyToken
    Write-Output "`n$role bot`n  address        $($outputs.url.value)`n  Callback URL   $callback"
    Write-Output $(if ($PrintVerifyTokens) { "  Verify token   $verifyToken`n" } else { "  Verify token   in the file $file`n" })
  }
} finally {
  Remove-Item -Recurse -Force -LiteralPath $private.FullName
}
if ($WhatIfOnly) { return }

Write-Output @'
Next, for each Meta app at https://developers.facebook.com/apps:
  1. Messenger > Messenger API Settings > Configure webhooks: Callback URL and Verify token from above, then Verify and save.
  2. Webhook fields: messages, messaging_postbacks, messaging_handovers, standby, message_echoes.
  3. Generate access tokens: Add Subscriptions beside the Page, with the same fields.
Then npm run doctor -- --url <address of the bot> says whether all is well.
'@
