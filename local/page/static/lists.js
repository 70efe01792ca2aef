import { byId, clock, h, list, seconds, short, tail } from './dom.js'
import { colorOf, ringName } from './ring-colors.js'

const swatch = (ring) => h('span', { class: 'swatch', style: colorOf(ring), title: ringName(ring) })
const ringOf = (name) => /^(clu_[a-z0-9]+)/.exec(name)?.[1]

/** The states of the machine in the order of its definition; those it is in now stand out, with the steps of its wave. */
function path({ path: states, at, status }) {
  const inside = at.filter((state) => !states.includes(state))
  return h(
    'ol',
    { class: 'path' },
    states.map((state) => {
      const here = at.includes(state)
      const steps = here && inside.length > 0 ? `: ${inside.join(', ')}` : ''
      return h('li', { class: here ? 'here' : '', 'aria-current': here && 'step' }, `${state}${steps}`)
    }),
    status !== 'RUNNING' && h('li', { class: `end ${status.toLowerCase()}` }, status.toLowerCase()),
  )
}

function drawExecution(execution) {
  const { name, startedAt, stoppedAt, transitions, error } = execution
  const took = stoppedAt === undefined ? h('time', { 'data-since': startedAt }) : seconds(stoppedAt - startedAt)
  return h(
    'li',
    {},
    h(
      'span',
      { class: 'line' },
      swatch(ringOf(name)),
      h('b', { title: name }, `${ringName(ringOf(name))} ${name.split('.').slice(1).join('.')}`),
      h('span', { class: 'quiet' }, took, ` · ${transitions} transitions`),
    ),
    path(execution),
    error && h('p', { class: 'error' }, error),
  )
}

const lastOf = (last) => (last ? `${last.status ?? last.error} in ${last.ms} ms` : 'not sent yet')

function drawDelivery({ id, ring, event, state, attempts, last, next, webhook }) {
  const mark = { succeeded: 'good', pending: 'warn' }[state] ?? 'bad'
  return h(
    'li',
    { title: `${id} to ${webhook}` },
    h(
      'span',
      { class: 'line' },
      swatch(ring),
      h('b', {}, event),
      h('span', { class: `badge ${mark}` }, state),
      h('span', { class: 'quiet' }, `to ${tail(webhook)}`),
    ),
    h(
      'span',
      { class: 'line quiet' },
      `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}, ${lastOf(last)}`,
      next && ` · next at ${clock(Date.parse(next))}`,
    ),
  )
}

const drawEvent = (ringOfTask) => (entry) => {
  const { at, about, id, status, reason, faults } = entry
  return h(
    'li',
    {},
    h('time', {}, clock(at)),
    swatch(ringOfTask.get(id)),
    h('span', {}, `${about} ${short(id)} `, h('b', {}, status), reason && h('span', { class: 'quiet' }, ` ${reason}`)),
    faults.map((fault) => h('span', { class: 'badge bad end-of-line' }, fault)),
  )
}

function drawCall({ at, by, service, operation, status, error, ms }) {
  // A condition that does not hold is how the table says no: nothing is wrong.
  const mark = status >= 500 || error ? 'bad' : status >= 400 ? 'warn' : undefined
  return h(
    'li',
    { class: mark === 'bad' ? 'failed' : '' },
    h('time', {}, clock(at)),
    h('span', {}, `${by.replace(/^cell-\d+-/, '')} `, h('b', {}, `${service}:${operation}`)),
    h('span', { class: `end-of-line ${mark ? `badge ${mark}` : 'quiet'}` }, mark ? `${status} ${error ?? ''}`.trim() : `${ms} ms`),
  )
}

const drawDenial = ({ at, by, action, resource }) =>
  h(
    'li',
    { class: 'failed' },
    h('time', {}, clock(at)),
    h('span', {}, `${by} may not `, h('b', {}, action), h('span', { class: 'quiet' }, ` on ${resource}`)),
  )

const newestFirst = (entries) => entries.sort((a, b) => b.n - a.n)

/** Rings of tasks that are gone by now are remembered: their last events come after them. */
const ringOfTask = new Map()

export function drawLists({ executions, deliveries, events, calls, denials, tasks }) {
  for (const { id, ring } of tasks) if (ring) ringOfTask.set(id, ring)
  list(
    byId('executions'),
    executions.sort((a, b) => b.startedAt - a.startedAt),
    ({ name }) => name,
    drawExecution,
  )
  list(
    byId('deliveries'),
    deliveries.sort((a, b) => b.updated_at.localeCompare(a.updated_at)),
    ({ id }) => id,
    drawDelivery,
  )
  list(byId('events'), newestFirst(events), ({ n }) => String(n), drawEvent(ringOfTask))
  list(byId('calls'), newestFirst(calls), ({ n }) => String(n), drawCall)
  list(byId('denials'), newestFirst(denials), ({ n }) => String(n), drawDenial)
  byId('denials-none').hidden = denials.length > 0
  tick()
}

/** What is still under way gets older without any news. */
export function tick() {
  for (const element of document.querySelectorAll('time[data-since]'))
    element.textContent = seconds(Math.max(0, now() - Number(element.dataset.since)))
}
let ahead = 0
export const setAhead = (ms) => {
  ahead = ms
}
const now = () => Date.now() + ahead
