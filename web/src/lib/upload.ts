/** What may be evidence, by the server's own limits. */
export const mostFiles = 20
export const mostBytes = 10 * 1024 * 1024
const types = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf', 'video/mp4', 'text/plain']
export const accepted = [...types, '.txt', '.log'].join()

export type Flaw = 'EMPTY' | 'TOO_LARGE' | 'UNSUPPORTED_FILE' | 'TOO_MANY'

/** What is wrong with a file as far as the browser can tell; the server looks into it. */
export function flawOf(file: { name: string; type: string; size: number }): Flaw | null {
  if (file.size === 0) return 'EMPTY'
  if (file.size > mostBytes) return 'TOO_LARGE'
  if (!types.includes(file.type) && !/\.(txt|log)$/i.test(file.name)) return 'UNSUPPORTED_FILE'
  return null
}

/** SHA-256 in hex; null where the browser has no such function (it has one under https alone). */
export async function digest(file: Blob): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Sends a file. Answers null when it has arrived, else the code of what went wrong; `NETWORK` where nothing answered. */
export function put(url: string, file: Blob, progress: (share: number) => void, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open('PUT', url)
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total)
    request.onload = () => {
      if (request.status === 201) return resolve(null)
      try {
        resolve(String((JSON.parse(request.responseText) as { code?: string }).code ?? 'NETWORK'))
      } catch {
        resolve('NETWORK')
      }
    }
    request.onerror = () => resolve('NETWORK')
    request.onabort = () => resolve('CANCELED')
    signal.addEventListener('abort', () => request.abort())
    if (signal.aborted) return resolve('CANCELED')
    request.send(file)
  })
}
