import { createClient, NetworkError } from 'graphql-sse'
import { stringifyDocument, type TypedDocumentNode } from 'urql'
import { headersOf, type Asker } from './client.ts'
import { endOf, type End, type Sink } from './live.ts'
import { waitOf } from './wait.ts'

/** What a stream is told to: like a line's own sink, and each push. */
export type Listener<Data> = Pick<Sink, 'open' | 'heard' | 'end'> & { next: (data: Data) => void }
export type Streams = <Data, Variables extends { after?: string | null }>(document: TypedDocumentNode<Data, Variables>, variables: Variables, listener: Listener<Data>) => () => void

type Errors = Parameters<typeof endOf>[0]['graphQLErrors']

/** Subscriptions over server-sent events: one request each, no socket, little code. What the server refuses is told as it
 *  is for every other request. */
export function streamsOf(asker: () => Asker, refused: { onSignedOut: (token: string | null) => void; onRefused: () => void }): Streams {
  return (document, variables, listener) => {
    const who = asker()
    let closed = false
    const end = (why: End) => {
      if (closed) return
      closed = true
      if (why === 'over') refused.onSignedOut(who.token)
      if (why === 'refused') refused.onRefused()
      listener.end(why)
    }
    const client = createClient({
      url: '/graphql',
      headers: headersOf(who),
      retryAttempts: 0,
      // Heartbeats are comments, which the client drops: they are heard here.
      fetchFn: async (url: string, init: RequestInit) => overheard(await fetch(url, init), () => !closed && listener.heard()),
    })
    const close = client.subscribe<never>(
      { query: stringifyDocument(document), variables: variables as never },
      {
        next: ({ data, errors }) => {
          if (closed) return
          if (errors) end(endOf({ graphQLErrors: errors as unknown as Errors }, variables.after ?? null))
          else if (data) listener.next(data)
        },
        error: (error) => end(error instanceof NetworkError ? endOfAnswer(error.response as Response | undefined) : 'lost'),
        complete: () => end('lost'),
      },
      { connected: () => !closed && listener.open() },
    )
    return () => {
      closed = true
      close()
    }
  }
}

/** What an answer that is no stream means. */
function endOfAnswer(answer: Response | undefined): End {
  if (answer?.status === 401) return 'over'
  if (answer?.status === 403) return 'refused'
  if (answer?.status === 429 || answer?.status === 503) return { wait: waitOf(answer) }
  return 'lost'
}

function overheard(answer: Response, heard: () => void): Response {
  if (!answer.ok || !answer.body) return answer
  const ears = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, through) {
      heard()
      through.enqueue(chunk)
    },
  })
  return new Response(answer.body.pipeThrough(ears), answer)
}
