import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import react from '@vitejs/plugin-react'
import tailwindcss from '@tailwindcss/vite'
import { documents } from './scripts/documents-plugin.ts'
import { messages } from './scripts/messages-plugin.ts'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Where a running server is, for `npm run dev`. */
const server = process.env.CARDAMOM_SERVER ?? 'http://127.0.0.1:8080'

/** A page of an application without anything in it. */
const blank = (app: string) => `<!doctype html>
<html lang="zh-CN">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Cardamom</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
  </head>
  <body>
    <div id="root"></div>
    <script type="module" src="/src/${app}/main.tsx"></script>
  </body>
</html>
`

/** In development the server's HTML shell is not there: an empty page stands in for it. */
function devPages(): Plugin {
  return {
    name: 'cardamom-dev-pages',
    configureServer(vite) {
      vite.middlewares.use((request, response, next) => {
        const wantsPage = request.headers.accept?.includes('text/html') && request.method === 'GET'
        const path = request.url?.split('?')[0] ?? '/'
        const elsewhere = ['/log/', '/receipts/', '/files/'].some((start) => path.startsWith(start))
        if (!wantsPage || elsewhere) return next()
        const app = path === '/graphql' ? 'graphiql' : path === '/console' || path.startsWith('/console/') ? 'console' : 'storefront'
        vite.transformIndexHtml(path, blank(app)).then((page) => response.setHeader('content-type', 'text/html; charset=utf-8').end(page), next)
      })
    },
  }
}

export default defineConfig({
  plugins: [react(), tailwindcss(), documents(), messages(), devPages()],
  cacheDir: '.vite',
  resolve: { alias: { '@': source('./src') } },
  build: {
    outDir: 'dist',
    manifest: 'manifest.json',
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4096,
    rollupOptions: {
      onLog: (level, log, handle) => {
        // A hint to React's compiler, which has done its work on that library already.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log)
      },
      input: {
        start: source('./src/storefront/start.ts'),
        storefront: source('./src/storefront/main.tsx'),
        console: source('./src/console/main.tsx'),
        graphiql: source('./src/graphiql/main.tsx'),
      },
    },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/graphql', '/schema.graphql', '/imports', '/uploads', '/files', '/log', '/receipts'].map((path) => [
        path,
        { target: server, ws: path === '/graphql', changeOrigin: true },
      ]),
    ),
  },
})
