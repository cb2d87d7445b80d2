import { streamsOf } from '@/lib/live.ts'
import { asker } from './shop.ts'

/** Streams of what happens, for pages that follow something. */
export const streams = streamsOf(asker)
