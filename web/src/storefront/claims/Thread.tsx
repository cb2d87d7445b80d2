import { useCallback, useEffect, useRef, useState } from 'react'
import { useMutation } from 'urql'
import { graphql } from '@/gql'
import type { ClaimMessageLookFragment } from '@/gql/graphql'
import { ClaimThread } from '@/features/claim/ClaimThread.tsx'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { useLine } from '@/lib/live.ts'
import { streams } from '../streams.ts'
import type { OfClaim } from './shown.ts'

const ClaimMessagesDocument = graphql(`
  subscription ClaimMessagesLive($claimId: ID!, $after: EventCursor) {
    claimMessages(claimId: $claimId, after: $after) { ...ClaimMessageLook }
  }
`)
const PostMessageDocument = graphql(`
  mutation PostMessage($input: ClaimMessagePostInput!) {
    claimMessagePost(input: $input) { message { ...ClaimMessageLook } errors { code message path } }
  }
`)
const ReadMessageDocument = graphql(`
  mutation ReadMessage($input: ClaimMessageReadInput!) {
    claimMessageRead(input: $input) { claim { id messages { id readBy } } errors { code message path } }
  }
`)

/** The claim's thread as the buyer sees it. A message appears as it is pushed; a push has no cursor of its own, so a
 *  line that was lost goes on from where the page was read last. */
export function Thread({ claim, open, refresh }: OfClaim & { open: boolean }) {
  const { t } = useWords()
  const [pushed, setPushed] = useState<ClaimMessageLookFragment[]>([])
  const [, post] = useMutation(PostMessageDocument)
  const [, read] = useMutation(ReadMessageDocument)
  const fresh = useRef({ asOf: claim.order.asOf, refresh })
  fresh.current = { asOf: claim.order.asOf, refresh }
  const failed = useRef(false)
  useLine(
    open ? (_after, sink, anew) => streams(ClaimMessagesDocument, { claimId: claim.id, after: anew ? null : fresh.current.asOf }, {
      ...sink,
      open: () => {
        sink.open()
        if (failed.current) fresh.current.refresh()
        failed.current = false
      },
      next: ({ claimMessages }) => setPushed((all) => [...all.filter((one) => one.id !== claimMessages.id), claimMessages]),
      end: (why) => {
        failed.current = true
        sink.end(why)
      },
    }) : null,
    claim.id,
  )
  // What the page has read knows better who has read it.
  useEffect(() => setPushed((all) => all.filter((one) => !claim.messages.some(({ id }) => id === one.id))), [claim.messages])
  const messages = [...claim.messages, ...pushed.filter((one) => !claim.messages.some(({ id }) => id === one.id))]
  const say = async (body: string): Promise<string[]> => {
    const { data, error } = await post({ input: { claimId: claim.id, body } })
    const message = data?.claimMessagePost.message
    if (message) setPushed((all) => [...all.filter((one) => one.id !== message.id), message])
    return troubles(t, error, data?.claimMessagePost.errors)
  }
  const seen = useCallback((messageId: string) => void read({ input: { claimId: claim.id, messageId } }), [read, claim.id])
  return <ClaimThread messages={messages} me="BUYER" onSeen={seen} {...(open && { onPost: say })} />
}
