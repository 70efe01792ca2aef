import { AssumeRoleCommand } from '@aws-sdk/nested-clients/sts'
import type { Call } from './call.ts'
import { ROLE, type World } from './worlds.ts'

const assume =
  (over: object = {}) =>
  ({ sts }: World) =>
    sts.send(
      new AssumeRoleCommand({
        RoleArn: ROLE,
        RoleSessionName: 'ten_1',
        DurationSeconds: 900,
        Tags: [{ Key: 'tenant', Value: 'ten_1' }],
        ...over,
      }),
    )

export const stsCalls: Call[] = [
  { what: 'assume a role for a tenant', operation: 'sts:AssumeRole', send: assume() },
  { what: 'assume it for too short', operation: 'sts:AssumeRole', send: assume({ DurationSeconds: 60 }) },
  { what: 'assume it for longer than a chain may', operation: 'sts:AssumeRole', send: assume({ DurationSeconds: 43_201 }) },
  { what: 'assume it under no name', operation: 'sts:AssumeRole', send: assume({ RoleSessionName: 'a b' }) },
  {
    what: 'assume it with a tag twice',
    operation: 'sts:AssumeRole',
    send: assume({
      Tags: [
        { Key: 'tenant', Value: 'a' },
        { Key: 'Tenant', Value: 'b' },
      ],
    }),
  },
]
