import { surviveKill } from '../crash/clouds.ts'

/** Milliseconds after the POST: launching, starting, forming, telling. */
const MOMENTS = [50, 350, 900, 2_000]

test.each(MOMENTS)(
  'the whole cloud killed %i ms into a create, and started on its data, ends ready and can be deleted',
  async (moment) => {
    expect(await surviveKill('create', moment)).toMatchObject({ ended: 'succeeded, succeeded' })
  },
  300_000,
)
