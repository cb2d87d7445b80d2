import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient } from 'urql'
import { graphql } from '@/gql'
import type { EvidenceKind } from '@/gql/graphql'
import { freshKey, troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { digest, flawOf, mostFiles, put } from '@/lib/upload.ts'

const AnnounceUploadDocument = graphql(`
  mutation AnnounceUpload($input: UploadCreateInput!) {
    uploadCreate(input: $input) { upload { id url expiresAt } errors { code message path } }
  }
`)

/** A file that has arrived at the server, to be submitted with a claim within a day. */
export type Sent = { id: string; name: string; size: number; kind: EvidenceKind; at: number }

/** A file on its way. `preview` is an address of the browser's own, for pictures. */
export type Sending = { key: string; name: string; size: number; preview: string | null; progress: number; wrong: string | null; file: File | null; kind: EvidenceKind }

const kindOf = (file: File): EvidenceKind =>
  file.type.startsWith('image/') ? 'SCREENSHOT' : file.type.startsWith('video/') ? 'VIDEO' : file.type.startsWith('text/') || /\.(txt|log)$/i.test(file.name) ? 'LOG' : 'OTHER'

/** Sends files as they are chosen, one after the other. What has arrived is told by `onSent`. What they show is told by the files themselves unless it is said. */
export function useUploads(to: { deliveryId: string } | { claimId: string }, have: number, onSent: (sent: Sent) => void, shows: EvidenceKind | null = null) {
  const { t } = useWords()
  const client = useClient()
  const [sending, setSending] = useState<Sending[]>([])
  const [previews, setPreviews] = useState<Record<string, string>>({})
  const stops = useRef(new Map<string, AbortController>())
  const urls = useRef<string[]>([])
  const last = useRef(Promise.resolve())
  useEffect(() => {
    const [running, made] = [stops.current, urls.current]
    return () => {
      running.forEach((stop) => stop.abort())
      made.forEach((url) => URL.revokeObjectURL(url))
    }
  }, [])
  const change = (key: string, next: Partial<Sending>) => setSending((all) => all.map((one) => (one.key === key ? { ...one, ...next } : one)))
  const drop = (key: string) => setSending((all) => all.filter((one) => one.key !== key))

  const send = async (key: string, file: File, preview: string | null, kind: EvidenceKind) => {
    const stop = stops.current.get(key)
    if (!stop || stop.signal.aborted) return
    const sha256 = await digest(file)
    const { data, error } = await client.mutation(AnnounceUploadDocument, {
      input: { ...to, purpose: 'EVIDENCE', kind, fileName: file.name.slice(0, 255), byteSize: file.size, ...(sha256 && { sha256 }) },
    })
    if (stop.signal.aborted) return
    const upload = data?.uploadCreate.upload
    if (!upload) return change(key, { wrong: troubles(t, error, data?.uploadCreate.errors).join(' ') })
    const code = await put(upload.url, file, (progress) => change(key, { progress }), stop.signal)
    if (code === 'CANCELED') return
    if (code) return change(key, { wrong: t(`upload.${code}`) === `upload.${code}` ? t('upload.NETWORK') : t(`upload.${code}`), progress: 0 })
    stops.current.delete(key)
    if (preview) setPreviews((all) => ({ ...all, [upload.id]: preview }))
    drop(key)
    onSent({ id: upload.id, name: file.name, size: file.size, kind, at: Date.now() })
  }
  const queue = (key: string, file: File, preview: string | null, kind: EvidenceKind) => {
    stops.current.set(key, new AbortController())
    last.current = last.current.then(() => send(key, file, preview, kind)).catch(() => change(key, { wrong: t('upload.NETWORK') }))
  }

  const add = (files: Iterable<File>) => {
    let room = mostFiles - have - sending.filter((one) => !one.wrong).length
    const added = [...files].map((file): Sending => {
      const [key, kind] = [freshKey(), shows ?? kindOf(file)]
      const flaw = flawOf(file) ?? (room > 0 ? null : 'TOO_MANY')
      if (flaw) return { key, name: file.name, size: file.size, preview: null, progress: 0, wrong: t(`upload.${flaw}`), file: null, kind }
      room -= 1
      const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : null
      if (preview) urls.current.push(preview)
      queue(key, file, preview, kind)
      return { key, name: file.name, size: file.size, preview, progress: 0, wrong: null, file, kind }
    })
    setSending((all) => [...all, ...added])
  }
  const cancel = useCallback((key: string) => {
    stops.current.get(key)?.abort()
    stops.current.delete(key)
    setSending((all) => all.filter((one) => one.key !== key))
  }, [])
  const retry = (one: Sending) => {
    if (!one.file) return
    change(one.key, { wrong: null, progress: 0 })
    queue(one.key, one.file, one.preview, one.kind)
  }
  return { sending, previews, add, cancel, retry, busy: sending.some((one) => !one.wrong) }
}
