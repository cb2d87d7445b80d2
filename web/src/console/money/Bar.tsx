/** How large a figure is beside the others: to the right of the middle what came in, to the left what went out. */
export function Bar({ part }: { part: number }) {
  const size = Math.min(1, Math.abs(part)) * 50
  return (
    <svg viewBox="0 0 100 4" preserveAspectRatio="none" className="h-1.5 w-24 rounded-full bg-sunken sm:w-40" aria-hidden>
      <rect x={part < 0 ? 50 - size : 50} width={size} height="4" className={part < 0 ? 'fill-line-strong' : 'fill-accent'} />
    </svg>
  )
}
