import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm'
import type { Call } from './call.ts'
import type { World } from './worlds.ts'

const Name = '/cell-1/clusters/clu_1/credentials'
const put =
  (over: object = {}) =>
  ({ ssm }: World) =>
    ssm.send(new PutParameterCommand({ Name, Value: 'secret', Type: 'SecureString', Overwrite: false, ...over }))
const get =
  (name: string, WithDecryption = true) =>
  ({ ssm }: World) =>
    ssm.send(new GetParameterCommand({ Name: name, WithDecryption }))
const drop =
  (name: string) =>
  ({ ssm }: World) =>
    ssm.send(new DeleteParameterCommand({ Name: name }))

const under =
  (path: string) =>
  ({ ssm }: World) =>
    ssm.send(new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: [path] }], MaxResults: 50 }))

export const ssmCalls: Call[] = [
  { what: 'get a parameter that is not there', operation: 'ssm:GetParameter', send: get(Name) },
  { what: 'put a secret', operation: 'ssm:PutParameter', send: put() },
  { what: 'put it again without overwriting', operation: 'ssm:PutParameter', send: put({ Value: 'other' }) },
  { what: 'get it decrypted', operation: 'ssm:GetParameter', send: get(Name) },
  { what: 'overwrite it', operation: 'ssm:PutParameter', send: put({ Value: 'new', Overwrite: true }) },
  { what: 'get what was overwritten', operation: 'ssm:GetParameter', send: get(Name) },
  {
    what: 'get several, one of them not there',
    operation: 'ssm:GetParameters',
    send: ({ ssm }) => ssm.send(new GetParametersCommand({ Names: [Name, '/cell-1/none'], WithDecryption: true })),
  },
  { what: 'list what is below a path', operation: 'ssm:DescribeParameters', send: under('/cell-1/clusters') },
  { what: 'list what is below a path with nothing below it', operation: 'ssm:DescribeParameters', send: under('/cell-2/clusters') },
  { what: 'put a name that is too long', operation: 'ssm:PutParameter', send: put({ Name: `/${'a'.repeat(3000)}` }) },
  { what: 'put a name with a space', operation: 'ssm:PutParameter', send: put({ Name: '/cell-1/a b' }) },
  { what: 'put a name that AWS keeps for itself', operation: 'ssm:PutParameter', send: put({ Name: '/aws/x' }) },
  { what: 'put more than 4 KB', operation: 'ssm:PutParameter', send: put({ Name: '/cell-1/large', Value: 'x'.repeat(4097) }) },
  { what: 'delete it', operation: 'ssm:DeleteParameter', send: drop(Name) },
  { what: 'delete it again', operation: 'ssm:DeleteParameter', send: drop(Name) },
  { what: 'get it after it was deleted', operation: 'ssm:GetParameter', send: get(Name) },
]
