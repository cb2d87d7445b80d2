import { useGraphiQL, type GraphiQLPlugin } from '@graphiql/react'
import { examples } from './examples.ts'

function Examples() {
  const queries = useGraphiQL((state) => state.queryEditor)
  const variables = useGraphiQL((state) => state.variableEditor)
  return (
    <section aria-label="Examples">
      <h2>Examples</h2>
      <ul className="examples">
        {examples.map((example) => (
          <li key={example.name}>
            <button type="button" onClick={() => {
              queries?.setValue(example.query)
              variables?.setValue(example.variables ?? '')
            }}>
              {example.name}
              <small>{example.who}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Operations to begin with: one press puts one into the editor. */
export const EXAMPLES_PLUGIN: GraphiQLPlugin = {
  title: 'Examples',
  icon: () => (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden>
      <path d="M4 5h16M4 12h10M4 19h13" />
    </svg>
  ),
  content: Examples,
}
