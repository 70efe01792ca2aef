import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import * as z from 'zod'
import type { EcsEvent } from '../../local/ecs/events.ts'
import { clientConfig, rawAws } from './aws.ts'

const Rules = z.object({ Rules: z.array(z.object({ Name: z.string(), State: z.string(), EventPattern: z.string().optional() })) })
const Targets = z.object({ Targets: z.array(z.object({ Arn: z.string() })) })
const Matched = z.object({ Result: z.boolean() })

export interface TaskEvents {
  emit(event: EcsEvent): void
  /** How many came, and how many of them a rule of the emulator let through. */
  counts(): { seen: number; matched: number }
  /** Waits for what is under way. @throws what went wrong */
  settle(): Promise<void>
}

/**
 * Takes what the nodes' ECS tells to the deployed rules. PutEvents takes no event of AWS's own, here as at AWS, so each is held
 * against the rules' patterns by the emulator (TestEventPattern), and handed to the targets that it has stored.
 */
export async function taskEvents(url: string, region: string): Promise<TaskEvents> {
  const aws = rawAws(url, region)
  const events = (action: string, input: object): Promise<unknown> => aws.json('events', `AWSEvents.${action}`, input)
  const lambda = new LambdaClient(clientConfig(url, region))
  const { Rules: all } = Rules.parse(await events('ListRules', {}))
  const rules = await Promise.all(
    all.flatMap(({ Name, State, EventPattern }) =>
      EventPattern === undefined || State !== 'ENABLED'
        ? []
        : [(async () => ({ EventPattern, ...Targets.parse(await events('ListTargetsByRule', { Rule: Name })) }))()],
    ),
  )
  const counted = { seen: 0, matched: 0 }
  const running = new Set<Promise<void>>()
  const errors: unknown[] = []
  async function hand(event: EcsEvent): Promise<void> {
    counted.seen += 1
    for (const { EventPattern, Targets: targets } of rules) {
      const { Result } = Matched.parse(await events('TestEventPattern', { EventPattern, Event: JSON.stringify(event) }))
      if (!Result) continue
      counted.matched += 1
      for (const { Arn } of targets)
        await lambda.send(new InvokeCommand({ FunctionName: Arn, InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(event)) }))
    }
  }
  return {
    emit: (event) => {
      const under = hand(event)
        .catch((error: unknown) => void errors.push(error))
        .finally(() => running.delete(under))
      running.add(under)
    },
    counts: () => ({ ...counted }),
    settle: async () => {
      await Promise.all(running)
      lambda.destroy()
      if (errors.length > 0) throw new AggregateError(errors, 'events did not reach their rules')
    },
  }
}
