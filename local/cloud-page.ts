import type { Context } from './cloud-context.ts'
import type { Dynamo } from './dynamodb/dynamo.ts'
import type { Ecs } from './ecs/ecs.ts'
import type { LocalAnswers } from './gateway/gateway.ts'
import type { Lambda } from './lambda/lambda.ts'
import { createFeed } from './page/feed.ts'
import { localAnswers } from './page/local-answers.ts'
import { looker } from './page/look.ts'
import type { Ssm } from './ssm/ssm.ts'
import type { Workflows } from './workflows/workflows.ts'

interface Parts extends Context {
  ecs: Ecs
  dynamo: Dynamo
  lambda: Lambda
  ssm: Ssm
  workflows: Workflows
}

/** The page, and what can be disturbed by it. */
export function openPage(parts: Parts): LocalAnswers {
  const { iam, onError, closers } = parts
  const ofPage = (error: unknown): void => onError(error, 'the page')
  const { look, stop } = looker({ ...parts, onError: ofPage })
  const feed = createFeed({ look, onError: ofPage })
  closers.push(() => {
    feed.stop()
    stop()
  })
  return localAnswers({ parts: { ...parts, operations: iam.operations }, feed, onError })
}
