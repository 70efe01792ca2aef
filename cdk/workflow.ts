import { Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { graph } from '../shared/reconcile/graph.ts'
import type { CellFunction } from './function.ts'
import type { LogSettings } from './log-settings.ts'

/** The reconcile loop, as the graph beside its code says it. */
export function workflow(
  scope: Construct,
  props: { cell: string; observe: CellFunction; step: CellFunction; logs: LogSettings },
): StateMachine {
  const { observe, step } = props
  const role = new Role(scope, 'ReconcileRole', { assumedBy: new ServicePrincipal('states.amazonaws.com') })
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [observe.functionArn, step.functionArn] }))
  return new StateMachine(scope, 'Reconcile', {
    stateMachineName: `${props.cell}-reconcile`,
    stateMachineType: StateMachineType.STANDARD,
    definitionBody: DefinitionBody.fromString(
      Stack.of(scope).toJsonString(graph({ observe: observe.functionArn, step: step.functionArn })),
    ),
    role,
    tracingEnabled: true,
    logs: {
      destination: new LogGroup(scope, 'ReconcileLogs', {
        // Deliveries by log services are refused past a certain number of groups unless named so:
        // https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
        logGroupName: `/aws/vendedlogs/states/${props.cell}-reconcile`,
        ...props.logs,
      }),
      level: LogLevel.ERROR,
      includeExecutionData: false,
    },
  })
}
