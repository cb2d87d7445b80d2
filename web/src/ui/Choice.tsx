type Props<Value extends string> = {
  name: string; label: string; value: Value; onChoose: (value: Value) => void; options: { value: Value; text: string; lang?: string }[]
}

/** One of a few, all of them in sight. */
export function Choice<Value extends string>({ name, label, value, onChoose, options }: Props<Value>) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <div className="flex flex-wrap gap-2">
        {options.map((one) => (
          <label key={one.value} lang={one.lang} className="inline-flex min-h-11 cursor-pointer items-center gap-2 rounded-md border border-line-strong px-4 has-checked:border-accent has-checked:bg-accent-soft">
            <input type="radio" name={name} className="size-4 accent-[var(--accent)]" checked={value === one.value} onChange={() => onChoose(one.value)} />
            {one.text}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
