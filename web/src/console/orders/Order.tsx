export default function Page({ params }: { params: Record<string, string> }) { return <p>{params.id}</p> }
