import { CfnOutput, Stack, Validations } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { accountMetadata, definitionRate } from './account.ts'
import { acknowledged } from './acknowledged.ts'
import type { CellConfig } from './config.ts'
import { ControlPlane } from './control-plane.ts'
import { Hosts } from './hosts.ts'
import { Network } from './network.ts'
import { Observability } from './observability.ts'
import { State } from './state.ts'

/** One cell: everything that runs rings for its tenants, and shares nothing with another. */
export class Cell extends Stack {
  private readonly zones: string[]

  /**
   * @param props.cells all there are, `config` among them: those of one account share what AWS lets it do
   * @param props.bundles the folder with one folder per function
   */
  constructor(scope: Construct, props: { config: CellConfig; cells: CellConfig[]; bundles: string }) {
    const { config, cells, bundles } = props
    super(scope, config.cell, {
      description: `Ringhold cell ${config.cell}`,
      env: { region: config.region, ...(config.account ? { account: config.account } : {}) },
      tags: { 'ringhold:cell': config.cell },
      // The table outlives its stack, the rings on its hosts do not.
      terminationProtection: true,
    })
    this.zones = config.availabilityZones
    this.templateOptions.metadata = accountMetadata(config)
    Validations.of(this).acknowledge(...acknowledged(config))

    const network = new Network(this, 'Network', config)
    const hosts = new Hosts(this, 'Hosts', { config, network })
    const state = new State(this, 'State', config)
    const controlPlane = new ControlPlane(this, 'ControlPlane', {
      ...{ config, bundles, network, hosts, state },
      rate: definitionRate(config, cells),
    })
    new Observability(this, 'Observability', { config, httpApi: controlPlane.httpApi, machine: controlPlane.machine, state })

    new CfnOutput(this, 'ApiUrl', { value: config.domain ? `https://${config.domain.name}` : controlPlane.httpApi.apiEndpoint })
  }

  /** The three of the configuration, known without asking an account. */
  override get availabilityZones(): string[] {
    return this.zones
  }
}
