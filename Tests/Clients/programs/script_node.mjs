// A script for Node with fetch and https.
import https from 'node:https'

const form = new URLSearchParams({
  grant_type: 'refresh_token', client_id: process.env.CLIENT_ID, client_secret: 'made-up-secret',
  refresh_token: 'made-up-refresh-token',
})
const reply = await fetch('https://signin.tradestation.com/oauth/token', { method: 'POST', body: form })
const { access_token: token } = await reply.json()
const headers = { Authorization: `Bearer ${token}` }
const url = 'https://sim-api.tradestation.com/v3/brokerage/accounts'
const byFetch = await (await fetch(url, { headers })).json()
const byHTTPS = await new Promise((resolve, reject) => {
  https.get(url, { headers }, (answer) => {
    let text = ''
    answer.on('data', (part) => { text += part }).on('end', () => resolve(JSON.parse(text)))
  }).on('error', reject)
})
const names = (answer) => answer.Accounts.map((account) => account.AccountID)
if (String(names(byFetch)) !== String(names(byHTTPS))) throw new Error('fetch and https differ')
console.log(JSON.stringify({ accounts: names(byFetch) }))
process.exit(0)
