import { button, byId, h, list } from './dom.js'

const say = (text, wrong = false) => {
  const said = byId('said')
  said.textContent = text
  said.classList.toggle('wrong', wrong)
}

async function ask(method, path, body) {
  const request = { method, ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) }
  try {
    const response = await fetch(`/_local/${path}`, request)
    const answer = await response.json()
    if (response.ok)
      say(`${method === 'DELETE' ? 'taken away' : path.replaceAll('-', ' ')}: ${Object.values(body ?? {}).join(' ')}`.replace(/: $/, ''))
    else say(answer.detail, true)
  } catch {
    say('the local cloud does not answer', true)
  }
}

export const act = (name, body) => () => ask('POST', name, body)
export const remove = (id) => () => ask('DELETE', `faults/${id}`)

const calls = (service, more) => ['disturb-calls', { service, ...more }]
const events = (action, more) => ['disturb-events', { action, ...more }]
const PRESETS = [
  ['+ 1 min', 'move the clock one minute forward', ['move-clock', { forward_seconds: 60 }]],
  ['+ 1 h', 'move the clock one hour forward', ['move-clock', { forward_seconds: 3600 }]],
  [
    'RunTask lies',
    'every third RunTask is done, and says that it failed',
    calls('ecs', { operation: 'RunTask', every: 3, error: 'ServerException', status: 500, effect: 'after' }),
  ],
  ['throttle ECS', 'ECS takes two calls a second', calls('ecs', { rate_per_second: 2, burst: 4 })],
  ['slow table', 'every call to the table takes 200 ms more', calls('dynamodb', { delay_ms: 200 })],
  ['drop events', 'a third of ECS events is lost', events('drop', { share: 0.33 })],
  ['double events', 'every ECS event comes twice', events('duplicate', { copies: 1 })],
  ['shuffle events', 'ECS events come in another order', events('reorder', { window: 6 })],
]

export function drawPresets() {
  byId('presets').replaceChildren(
    ...PRESETS.map(([label, about, [name, body]]) => button(label, about, act(name, body), { class: 'preset' })),
  )
}

function about({ kind, what }) {
  if (kind === 'az') return `${what.az} is lost`
  if (kind === 'agent') return `agent of ${what.host.slice(0, 8)} is silent`
  if (kind === 'events') return `${what.action} events${what.share ? ` ${Math.round(what.share * 100)} %` : ''}`
  const rate = what.rate_per_second ? `at most ${what.rate_per_second}/s` : ''
  const slow = what.delay_ms ? `${what.delay_ms} ms late` : ''
  const fails = what.error ? `${what.error}${what.effect === 'after' ? ' after it was done' : ''}` : ''
  const often = what.every ? `every ${what.every}.` : what.share ? `${Math.round(what.share * 100)} %` : ''
  const name = `${what.service}:${what.operation}${what.by ? ` by ${what.by}` : ''}`
  return [name, often, fails, slow, rate].filter(Boolean).join(' ')
}

export function drawFaults(faults) {
  list(
    byId('faults'),
    faults,
    ({ id }) => id,
    (fault) =>
      h(
        'span',
        { class: 'fault' },
        about(fault),
        /calls|events/.test(fault.kind) && h('b', { title: 'how often it did something' }, ` ×${fault.hits}`),
        button('undo', `take away: ${about(fault)}`, remove(fault.id)),
      ),
  )
}
