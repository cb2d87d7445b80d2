import { useSyncExternalStore } from 'react'

/** Who is signed in, and where. Tokens are bearer tokens and never cookies, so nothing is sent that the page did not
 *  mean to send. One a tenant: the same person may be signed in at two sites. */
export type Signed = { tenant: string; token: string; expiresAt: string }

export class Session {
  readonly #key: string
  readonly #listeners = new Set<() => void>()
  #signed: Signed | null

  constructor(key: string) {
    this.#key = `cardamom:${key}`
    this.#signed = this.#read()
    addEventListener('storage', (event) => {
      if (event.key !== this.#key) return
      this.#signed = this.#read()
      this.#tell()
    })
  }

  #read(): Signed | null {
    try {
      const said = JSON.parse(localStorage.getItem(this.#key) ?? 'null') as Signed | null
      return said && Date.parse(said.expiresAt) > Date.now() ? said : null
    } catch {
      return null
    }
  }

  get signed(): Signed | null {
    return this.#signed
  }

  signIn(signed: Signed): void {
    this.#signed = signed
    try {
      localStorage.setItem(this.#key, JSON.stringify(signed))
    } catch {
      // A browser that keeps nothing: signed in until the page is left.
    }
    this.#tell()
  }

  signOut(): void {
    this.#signed = null
    try {
      localStorage.removeItem(this.#key)
    } catch {
      // Nothing was kept.
    }
    this.#tell()
  }

  #tell(): void {
    this.#listeners.forEach((listener) => listener())
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

export function useSigned(session: Session): Signed | null {
  return useSyncExternalStore(session.subscribe, () => session.signed)
}
