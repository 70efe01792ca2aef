/** `A.1.B=x` as `{ A: [{ B: 'x' }] }`. */
export type QueryValue = string | QueryValue[] | { [name: string]: QueryValue }

interface Node {
  text?: string
  children: Map<string, Node>
}

function insert(root: Node, path: string[], text: string): void {
  let node = root
  for (const step of path) {
    const next: Node = node.children.get(step) ?? { children: new Map() }
    node.children.set(step, next)
    node = next
  }
  node.text = text
}

function value(node: Node): QueryValue {
  if (node.children.size === 0) return node.text ?? ''
  const entries = [...node.children]
  if (entries.every(([name]) => /^\d+$/.test(name))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => value(child))
  }
  return Object.fromEntries(entries.map(([name, child]) => [name, value(child)]))
}

/**
 * Parses the form of the query protocols (https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html and
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html, whose lists have a `member` between name and number).
 */
export function parseQueryForm(body: string): { action: string; version: string; input: QueryValue } {
  const root: Node = { children: new Map() }
  let action = ''
  let version = ''
  for (const [name, text] of new URLSearchParams(body)) {
    if (name === 'Action') action = text
    else if (name === 'Version') version = text
    else insert(root, name.split('.'), text)
  }
  return { action, version, input: root.children.size === 0 ? {} : value(root) }
}
