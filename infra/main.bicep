// Signpost in Azure: one App Service on Node 24, its identity, its database, its secrets, its logs, and the bot.
//
// UNVERIFIED: no Bicep compiler and no subscription were at hand when this was written. Let somebody who knows the
// Trust's landing zone read it, and run "az deployment group what-if" before anything else. docs/operations.md says more.

targetScope = 'resourceGroup'

@description('Begins the name of every resource: lower-case letters and digits, unique in Azure.')
@minLength(3)
@maxLength(12)
param name string

param location string = resourceGroup().location

@description('The host that staff reach, such as signpost.example.org. Empty: the one that Azure gives.')
param publicHost string = ''

@description('As TENANTS in env/.env.example.')
param tenants string

@description('As SAFEGUARDING_TEAMS in env/.env.example.')
param safeguardingTeams string

@description('As DUTY_TEAMS in env/.env.example. Empty: anybody in the organisation may go on duty, and is sent what staff raise.')
param dutyTeams string = ''

@description('As SAFEGUARDING_LEADS in env/.env.example. Empty: nobody can keep their name.')
param safeguardingLeads string = ''

@description('The id of the app in Teams.')
param teamsAppId string

@description('Who is told when an alert begins.')
param alertEmail string

@description('Letters, digits, - and _ alone, since it becomes a part of DATABASE_URL.')
@secure()
@minLength(20)
param databasePassword string

@description('32 random bytes in base64. Losing it makes the record impossible to verify: keep a copy elsewhere.')
@secure()
param auditKey string

@description('As WORDS_KEYS in env/.env.example. Losing one makes what it encrypted unreadable: keep a copy elsewhere.')
@secure()
param wordsKeys string

@description('20 characters or more, for whoever reads /metrics.')
@secure()
@minLength(20)
param metricsToken string

@description('How many servers run. More than one needs PostgreSQL, which this always sets up.')
@minValue(1)
@maxValue(4)
param servers int = 2

var host = empty(publicHost) ? '${name}-app.azurewebsites.net' : publicHost

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-identity'
  location: location
}

module network 'network.bicep' = {
  name: 'network'
  params: { name: name, location: location }
}

module logs 'logs.bicep' = {
  name: 'logs'
  params: { name: name, location: location, alertEmail: alertEmail }
}

module database 'database.bicep' = {
  name: 'database'
  params: {
    name: name
    location: location
    subnetId: network.outputs.databaseSubnetId
    zoneId: network.outputs.databaseZoneId
    password: databasePassword
    workspaceId: logs.outputs.workspaceId
    actionGroupId: logs.outputs.actionGroupId
  }
}

module vault 'vault.bicep' = {
  name: 'vault'
  params: {
    name: name
    location: location
    subnetId: network.outputs.appSubnetId
    readerId: identity.properties.principalId
    workspaceId: logs.outputs.workspaceId
    databaseUrl: 'postgresql://signpost:${databasePassword}@${database.outputs.host}:5432/signpost?sslmode=verify-full'
    auditKey: auditKey
    wordsKeys: wordsKeys
    metricsToken: metricsToken
  }
}

module app 'app.bicep' = {
  name: 'app'
  params: {
    name: name
    location: location
    servers: servers
    subnetId: network.outputs.appSubnetId
    identityId: identity.id
    workspaceId: logs.outputs.workspaceId
    actionGroupId: logs.outputs.actionGroupId
    settings: [
      { name: 'NODE_ENV', value: 'production' }
      { name: 'DATA_DIR', value: '/home/data' }
      { name: 'MICROSOFT_APP_ID', value: identity.properties.clientId }
      { name: 'MICROSOFT_APP_TYPE', value: 'UserAssignedMSI' }
      { name: 'MICROSOFT_APP_TENANT_ID', value: identity.properties.tenantId }
      { name: 'PUBLIC_ADDRESS', value: 'https://${host}' }
      { name: 'TEAMS_APP_ID', value: teamsAppId }
      { name: 'TENANTS', value: tenants }
      { name: 'SAFEGUARDING_TEAMS', value: safeguardingTeams }
      // Here, as all others: what is set by hand is gone after the next deployment of this template.
      { name: 'DUTY_TEAMS', value: dutyTeams }
      { name: 'SAFEGUARDING_LEADS', value: safeguardingLeads }
      // Azure's own front end says in X-Forwarded-For who called.
      { name: 'TRUSTED_PROXIES', value: '1' }
      { name: 'DATABASE_URL', value: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/database-url)' }
      { name: 'AUDIT_KEY', value: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/audit-key)' }
      { name: 'WORDS_KEYS', value: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/words-keys)' }
      { name: 'METRICS_TOKEN', value: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/metrics-token)' }
    ]
  }
}

resource bot 'Microsoft.BotService/botServices@2022-09-15' = {
  name: '${name}-bot'
  location: 'global'
  kind: 'azurebot'
  sku: { name: 'F0' }
  properties: {
    displayName: 'Signpost'
    endpoint: 'https://${host}/api/messages'
    msaAppId: identity.properties.clientId
    msaAppType: 'UserAssignedMSI'
    msaAppMSIResourceId: identity.id
    msaAppTenantId: identity.properties.tenantId
  }
}

resource teams 'Microsoft.BotService/botServices/channels@2022-09-15' = {
  parent: bot
  name: 'MsTeamsChannel'
  location: 'global'
  properties: {
    channelName: 'MsTeamsChannel'
    properties: { isEnabled: true }
  }
}

// The Agents Toolkit keeps these in env/.env.dev, for the manifest and for the deployment.
output MICROSOFT_APP_ID string = identity.properties.clientId
output TAB_DOMAIN string = host
output APP_SERVICE_RESOURCE_ID string = app.outputs.id
