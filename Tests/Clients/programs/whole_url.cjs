// Sends whole https URLs to the proxy, as axios before 1.8 does, instead of CONNECT.
'use strict'
const http = require('http')

function send(method, url, fields, body) {
  const proxy = new URL(process.env.HTTPS_PROXY)
  const headers = { ...fields, host: new URL(url).hostname,
    'Proxy-Authorization': 'Basic ' + Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64') }
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname: proxy.hostname, port: proxy.port, method, path: url, headers }, (answer) => {
      let text = ''
      answer.on('data', (part) => { text += part }).on('end', () => resolve(JSON.parse(text)))
    })
    request.on('error', reject).end(body)
  })
}

async function main() {
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: process.env.CLIENT_ID,
    client_secret: 'made-up-secret', refresh_token: 'made-up-refresh-token' }).toString()
  const reply = await send('POST', 'https://signin.tradestation.com/oauth/token',
    { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': form.length }, form)
  const answer = await send('GET', 'https://sim-api.tradestation.com/v3/brokerage/accounts',
    { Authorization: `Bearer ${reply.access_token}` })
  console.log(JSON.stringify({ accounts: answer.Accounts.map((account) => account.AccountID) }))
}

main().catch((error) => { console.error(error); process.exit(1) })
