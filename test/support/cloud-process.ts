import { givenCloud } from './given-cell.ts'

// A local cloud as a process of its own, so that a test can kill it: prints where it is, stops on SIGTERM.
const [dataDir = '', port = '0'] = process.argv.slice(2)
const cloud = await givenCloud({ dataDir, apiPort: Number(port) })
console.log(JSON.stringify({ apiUrl: cloud.apiUrl, endpointUrl: cloud.endpointUrl }))
process.once('SIGTERM', () => {
  void cloud.stop()
})
