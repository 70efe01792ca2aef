// What the local cloud is and does, as it happens: a snapshot, then what changes, by server-sent events.
import { byId, seconds } from './dom.js'
import { drawFaults, drawPresets } from './faults.js'
import { drawFleet } from './fleet.js'
import { drawLists, setAhead, tick } from './lists.js'
import { learn, rename } from './ring-colors.js'
import { drawRings } from './rings.js'

/** Sections of things by key, as the stream tells them. */
let state = {}
let drawing = false

const all = (section) => Object.values(state[section] ?? {})
const many = (count, one) => `${count} ${one}${count === 1 ? '' : 's'}`

function draw() {
  drawing = false
  const sections = Object.fromEntries(
    ['azs', 'hosts', 'tasks', 'rings', 'executions', 'deliveries', 'events', 'calls', 'denials', 'faults'].map((name) => [name, all(name)]),
  )
  const { ahead_ms = 0 } = state.clock?.clock ?? {}
  setAhead(ahead_ms)
  learn(sections.rings)
  rename(sections.rings)
  const ahead = ahead_ms > 0 ? ` · the clock is ${seconds(ahead_ms)} ahead` : ''
  byId('counts').textContent =
    `${many(sections.rings.length, 'ring')} · ${many(sections.tasks.length, 'task')} · ${many(sections.hosts.length, 'host')}${ahead}`
  drawFaults(sections.faults)
  drawFleet(sections)
  drawRings(sections)
  drawLists(sections)
}

/** However many changes come at once, the page is drawn once a frame. */
function drawSoon() {
  if (drawing) return
  drawing = true
  requestAnimationFrame(draw)
}

function change(changes) {
  for (const [section, things] of Object.entries(changes)) {
    const merged = { ...state[section], ...things }
    state[section] = Object.fromEntries(Object.entries(merged).filter(([, thing]) => thing !== null))
  }
  drawSoon()
}

function show(text, live) {
  byId('link').textContent = text
  byId('link').classList.toggle('live', live)
}

/** The browser comes back by itself, and names the last change it had; a new process answers with everything. */
function connect() {
  const stream = new EventSource('/_local/events')
  stream.addEventListener('snapshot', ({ data }) => {
    state = JSON.parse(data)
    drawSoon()
  })
  stream.addEventListener('change', ({ data }) => change(JSON.parse(data)))
  stream.addEventListener('open', () => show('live', true))
  stream.addEventListener('error', () => {
    show('the local cloud is gone; trying again', false)
    // An answer that is no stream ends it for good: somebody else may have the port for a while.
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 2000)
  })
}

drawPresets()
connect()
setInterval(tick, 1000)
