import ringhold from '../ringhold.config.ts'
import { cellsOf } from './cells.ts'

/** The cells of `ringhold.config.ts`. */
export const cells = cellsOf(ringhold)
/** The one that runs on one machine. */
export const [config] = cells
