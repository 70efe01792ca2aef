import type { Template } from '../template/template.ts'

/** The function behind a role: its own, or one that it takes on. A role that nobody's function has stands for itself. */
export function callers({ functions, roles }: Pick<Template, 'functions' | 'roles'>): (role: string) => string {
  const own = new Map(functions.flatMap(({ name, role }) => (role === undefined ? [] : [[role, name] as const])))
  const taken = roles.flatMap(({ arn, trust }) => {
    const by = trust.flatMap(({ Principal }) => Principal.AWS.flatMap((principal) => own.get(principal) ?? []))
    return by.length === 1 && by[0] !== undefined ? [[arn, by[0]] as const] : []
  })
  const all = new Map([...taken, ...own])
  return (role) => all.get(role) ?? role.slice(role.lastIndexOf('/') + 1)
}
