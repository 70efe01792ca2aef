import type { StepName } from '../model.ts'
import { awaitNodes } from './await-nodes.ts'
import type { StepRun } from './context.ts'
import { createCredentials } from './create-credentials.ts'
import { defineTask } from './define-task.ts'
import { launchNodes } from './launch-nodes.ts'
import { moveNodes } from './move-nodes.ts'
import { openNetwork } from './open-network.ts'
import { publishNames } from './publish-names.ts'
import { closeNetwork, removeCredentials, removeDefinition, removeNames } from './remove.ts'
import { ringStep } from './ring-step.ts'
import { stopNodes } from './stop-nodes.ts'

/** All that can be done for a cluster, one for each state of the graph. */
export const STEPS: Record<StepName, StepRun> = {
  CreateCredentials: createCredentials,
  OpenNetwork: openNetwork,
  DefineTask: defineTask,
  LaunchNodes: launchNodes,
  AwaitNodes: awaitNodes,
  FormRing: ringStep('FormRing'),
  ReplaceNode: ringStep('ReplaceNode'),
  HandOver: ringStep('HandOver'),
  TakeOver: ringStep('TakeOver'),
  PublishNames: publishNames,
  MoveNodes: moveNodes,
  StopNodes: stopNodes,
  RemoveNames: removeNames,
  RemoveDefinition: removeDefinition,
  CloseNetwork: closeNetwork,
  RemoveCredentials: removeCredentials,
}
