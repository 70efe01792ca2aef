import { button, byId, h, list, short } from './dom.js'
import { act } from './faults.js'
import { colorOf, ringName } from './ring-colors.js'

const GIB = 1024

/** What a host has, and what of it is taken. */
const bar = (label, { of, used }, text) =>
  h(
    'div',
    { class: 'bar', title: `${label}: ${text}` },
    h('span', { class: 'bar-label' }, label),
    h('meter', { min: 0, max: of, value: used, 'aria-label': `${label}: ${text}` }),
    h('span', { class: 'bar-text' }, text),
  )

const gib = (mib) => (mib / GIB).toFixed(mib < 10 * GIB ? 1 : 0)

const dots = ({ of, used }) =>
  h(
    'div',
    { class: 'bar', title: `network interfaces of tasks: ${used} of ${of}` },
    h('span', { class: 'bar-label' }, 'slots'),
    h(
      'span',
      { class: 'dots', role: 'img', 'aria-label': `${used} of ${of} network slots` },
      Array.from({ length: Math.min(of, 40) }, (_, i) => h('i', { class: i < used && 'on' })),
    ),
    h('span', { class: 'bar-text' }, `${used}/${of}`),
  )

function drawTask(task) {
  const { id, ring, ordinal, role, status, desired, memory, host } = task
  const steady = status === 'RUNNING' && desired === 'RUNNING'
  const who = ordinal === undefined ? short(id) : `node ${ordinal}`
  return h(
    'div',
    {
      class: `task ${role ?? ''} ${steady ? '' : 'moving'}`,
      style: colorOf(ring),
      title: `task ${id}\n${ringName(ring)}, ${memory} MiB, ${status}`,
    },
    h('span', { class: 'glyph', 'aria-hidden': 'true' }, role === 'primary' ? '●' : '○'),
    h('span', { class: 'task-name' }, who),
    h('span', { class: 'task-state' }, steady ? ringName(ring).replace(/^ring /, '') : host === undefined ? 'waits' : status.toLowerCase()),
    button('×', `kill task ${short(id)} (${who} of ${ringName(ring)})`, act('kill-task', { task: id }), { class: 'kill' }),
  )
}

export const drawTasks = (parent, tasks) =>
  list(
    parent,
    tasks.sort((a, b) => String(a.ring).localeCompare(String(b.ring)) || (a.ordinal ?? 99) - (b.ordinal ?? 99)),
    ({ id }) => id,
    drawTask,
  )

function drawHost({ host, tasks }) {
  const { id, type, status, agent, gone, memory, cpu, slots } = host
  const toggle = agent
    ? button('silence', `disconnect the agent of host ${short(id)}`, act('disconnect-agent', { host: id }))
    : button('reconnect', `reconnect the agent of host ${short(id)}`, act('reconnect-agent', { host: id }), { class: 'undo' })
  const drain =
    status === 'DRAINING'
      ? button('activate', `let host ${short(id)} take tasks again`, act('activate-host', { host: id }), { class: 'undo' })
      : button('drain', `drain host ${short(id)}`, act('drain-host', { host: id }))
  const inside = h('div', { class: 'tasks' })
  drawTasks(inside, tasks)
  return h(
    'article',
    { class: `host ${status.toLowerCase()} ${agent ? '' : 'silent'}` },
    h(
      'header',
      {},
      h('h4', { title: id }, short(id)),
      h('span', { class: 'type' }, type),
      status !== 'ACTIVE' && h('span', { class: 'badge warn' }, status.toLowerCase()),
      !agent && h('span', { class: 'badge bad' }, gone ? 'gone, untold' : 'agent silent'),
      !gone &&
        h(
          'span',
          { class: 'buttons' },
          toggle,
          drain,
          button('kill', `kill host ${short(id)} with all on it`, act('kill-host', { host: id }), { class: 'kill-word' }),
        ),
    ),
    bar('memory', memory, `${gib(memory.used)} of ${gib(memory.of)} GiB`),
    bar('cpu', cpu, `${cpu.used} of ${cpu.of}`),
    slots.used > 0 ? dots(slots) : undefined,
    tasks.length > 0 ? inside : h('p', { class: 'none' }, 'nothing runs here'),
  )
}

function drawAz({ az, lost, hosts }) {
  const toggle = lost
    ? button('bring back', `restore ${az}`, act('restore-az', { az }), { class: 'undo' })
    : button('lose AZ', `lose ${az} with all its hosts`, act('lose-az', { az }))
  const inside = h('div', { class: 'hosts' })
  list(inside, hosts, ({ host }) => host.id, drawHost)
  return h(
    'section',
    { class: `az ${lost ? 'lost' : ''}`, 'aria-label': az },
    h('header', {}, h('h3', {}, az), lost && h('span', { class: 'badge bad' }, 'lost'), h('span', { class: 'buttons' }, toggle)),
    hosts.length > 0
      ? inside
      : h('p', { class: 'none' }, lost ? 'No host until it is brought back.' : 'No host: the first task makes one.'),
  )
}

/** Roles come from what rings say: a task knows none. */
function withRoles(tasks, rings) {
  const roles = new Map(rings.flatMap(({ nodes }) => nodes.map(({ task, role }) => [task, role])))
  return tasks.map((task) => ({ ...task, role: roles.get(task.id), since: undefined }))
}

export function drawFleet({ azs, hosts, tasks, rings }) {
  const all = withRoles(tasks, rings)
  const onHost = Map.groupBy(all, (task) => task.host)
  const inAz = Map.groupBy(hosts, (host) => host.az)
  const drawn = azs.map((az) => ({ ...az, hosts: (inAz.get(az.az) ?? []).map((host) => ({ host, tasks: onHost.get(host.id) ?? [] })) }))
  list(byId('fleet'), drawn, ({ az }) => az, drawAz)
  const waiting = onHost.get(undefined) ?? []
  byId('waiting').classList.toggle('some', waiting.length > 0)
  drawTasks(byId('waiting'), waiting)
}
