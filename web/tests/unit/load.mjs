// A module of the pages as Vite gives it to them, without a browser and without a build.
import { fileURLToPath } from 'node:url'
import { after } from 'node:test'
import { createServer } from 'vite'

const vite = await createServer({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, ws: false, hmr: false, watch: null },
  optimizeDeps: { noDiscovery: true },
})
after(() => vite.close())

/** `load('lib/money.ts')` */
export const load = (path) => vite.ssrLoadModule(`/src/${path}`)
