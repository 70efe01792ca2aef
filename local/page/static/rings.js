import { byId, h, list, seconds, svg } from './dom.js'
import { colorOf, ringName } from './ring-colors.js'

const SLOTS = 16_384

/** The slots as a circle: an arc for each shard that a primary serves, gaps where nobody does. */
function wheel({ nodes }) {
  const arcs = nodes.flatMap(({ slots = [], shard }) => slots.map(([from, to]) => ({ from, length: to - from + 1, shard })))
  const served = arcs.reduce((sum, { length }) => sum + length, 0)
  const circle = (attributes) => svg('circle', { cx: 32, cy: 32, r: 26, fill: 'none', 'stroke-width': 9, pathLength: SLOTS, ...attributes })
  const drawn = arcs.map(({ from, length, shard }) =>
    circle({ class: `arc shade-${shard % 3}`, 'stroke-dasharray': `${Math.max(1, length - 120)} ${SLOTS}`, 'stroke-dashoffset': -from }),
  )
  const share = Math.round((served / SLOTS) * 100)
  const text = svg('text', { x: 32, y: 36, 'text-anchor': 'middle' }, served > 0 ? `${share}%` : '–')
  const title = svg('title', {}, `${served} of ${SLOTS} slots are served`)
  return svg('svg', { class: 'wheel', viewBox: '0 0 64 64', role: 'img' }, title, circle({ class: 'track' }), ...drawn, text)
}

const range = (slots) => slots.map(([from, to]) => `${from}–${to}`).join(', ')

function member({ ordinal, role, az, address, seen, slots, attempt, task }) {
  const known = address !== undefined
  const text = [
    `node ${ordinal}`,
    role,
    az,
    address ?? (task ? 'starting' : 'not started'),
    attempt > 1 ? `attempt ${attempt}` : '',
    slots ? `slots ${range(slots)}` : '',
  ]
  return h(
    'li',
    { class: `member ${role} ${seen ? 'seen' : known ? 'known' : 'absent'}`, title: text.filter(Boolean).join(', ') },
    h('span', { class: 'glyph', 'aria-hidden': 'true' }, role === 'primary' ? '●' : '○'),
    String(ordinal),
    attempt > 1 && h('sup', {}, String(attempt)),
  )
}

/** Shards as rows: who serves it, and who follows. */
function shards({ nodes }) {
  const rows = [...Map.groupBy(nodes, ({ shard }) => shard)].sort(([a], [b]) => a - b)
  return h(
    'ul',
    { class: 'shards' },
    rows.map(([shard, members]) => {
      const slots = members.find((node) => node.slots)?.slots
      const inOrder = members.toSorted((a, b) => a.role.localeCompare(b.role) || a.ordinal - b.ordinal)
      return h(
        'li',
        {},
        h('span', { class: `shard shade-${shard % 3}` }, `shard ${shard}`),
        h('ul', { class: 'members' }, inOrder.map(member)),
        h('span', { class: 'slots' }, slots ? range(slots) : ''),
      )
    }),
  )
}

const spoken = (name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()

function operation({ type, state, steps, waiting, error, created_at, finished_at }) {
  const took = finished_at ? `, ${seconds(Date.parse(finished_at) - Date.parse(created_at))}` : ''
  return h(
    'div',
    { class: `operation ${state}` },
    h('span', { class: 'operation-name' }, `${type} ${state}${took}`),
    h(
      'ol',
      { class: 'steps' },
      steps.map((step) => h('li', { class: step.state, title: `${step.name}: ${step.state}` }, spoken(step.name))),
    ),
    (error ?? waiting) && h('p', { class: error ? 'error' : 'wait' }, error ?? `waits for ${waiting}`),
  )
}

function health({ state, healthy }) {
  if (state === 'ready') return healthy ? 'good' : 'bad'
  return state === 'failed' ? 'bad' : 'warn'
}

function drawRing(ring) {
  const { id, kind, size, state, healthy, reason, nodes, working } = ring
  const mark = health(ring)
  return h(
    'article',
    { class: `ring ${state}`, style: colorOf(id), 'aria-label': ringName(id) },
    h(
      'header',
      {},
      h('h3', { title: id }, ringName(id)),
      h('span', { class: 'type' }, `${kind} · ${nodes.length} × ${size}`),
      h('span', { class: `badge ${mark}` }, state === 'ready' && !healthy ? 'not whole' : state),
      working && h('span', { class: 'badge', title: 'an execution holds its lease' }, 'at work'),
    ),
    h('div', { class: 'ring-body' }, wheel(ring), shards(ring)),
    !healthy && reason && !ring.operation?.error && !ring.operation?.waiting && h('p', { class: 'reason' }, reason),
    ring.operation && operation(ring.operation),
  )
}

export function drawRings({ rings }) {
  byId('rings-none').hidden = rings.length > 0
  list(
    byId('rings'),
    rings.sort((a, b) => a.created_at.localeCompare(b.created_at)),
    ({ id }) => id,
    drawRing,
  )
}
