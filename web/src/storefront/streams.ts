import { streamsOf } from '@/lib/streams.ts'
import { asker, onRefused, onSignedOut } from './shop.ts'

/** Streams of what happens, for pages that follow something. */
export const streams = streamsOf(asker, { onSignedOut, onRefused })
