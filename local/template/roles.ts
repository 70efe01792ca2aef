import * as z from 'zod'
import { number, type Resource, readProperties } from './resource.ts'

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())])
const shared = {
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: list,
  Condition: z.record(z.string(), z.record(z.string(), list)).default({}),
}
/** Strict: an element such as NotAction turns its statement around, and must not be read past. */
const Statement = z.strictObject({ ...shared, Resource: list })
export type Statement = z.infer<typeof Statement>
const Trust = z.strictObject({ ...shared, Principal: z.strictObject({ AWS: list.default([]), Service: list.default([]) }) })
export type Trust = z.infer<typeof Trust>
const documentOf = <S extends z.ZodType>(statement: S) => z.object({ Statement: z.array(statement) })

/** A role of the template, with every policy that is attached to it. */
export interface RoleSpec {
  name: string
  arn: string
  /** Who may assume it. */
  trust: Trust[]
  /** What it may. */
  statements: Statement[]
  maxSessionSeconds: number
}

const roleReads = {
  AssumeRolePolicyDocument: documentOf(Trust).default({ Statement: [] }),
  MaxSessionDuration: number.default(3600),
  Policies: z.array(z.object({ PolicyDocument: documentOf(Statement) })).default([]),
}
const roleIgnores = { Description: 'for people', RoleName: 'is the identity' }
const policyReads = { PolicyDocument: documentOf(Statement), Roles: z.array(z.string()).default([]) }
const policyIgnores = { PolicyName: 'for people' }

/** @throws for a managed policy, a boundary, or anything else that would change what a role may and is not read */
export function readRoles(resources: Resource[]): RoleSpec[] {
  const policies = resources
    .filter(({ type }) => type === 'AWS::IAM::Policy')
    .map((resource) => readProperties(resource, policyReads, policyIgnores))
  return resources
    .filter(({ type }) => type === 'AWS::IAM::Role')
    .map((resource) => {
      const { AssumeRolePolicyDocument, MaxSessionDuration, Policies } = readProperties(resource, roleReads, roleIgnores)
      const attached = policies.filter(({ Roles }) => Roles.includes(resource.ref))
      return {
        name: resource.ref,
        arn: resource.attribute('Arn'),
        trust: AssumeRolePolicyDocument.Statement,
        statements: [...Policies, ...attached].flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
        maxSessionSeconds: MaxSessionDuration,
      }
    })
}
