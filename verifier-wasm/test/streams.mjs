// What holds of streams on every platform. Each answer says what, and whether it does.

const PIECE = 1 << 20;

/** A gigabyte that nobody holds. */
export function* large(seen = () => undefined) {
  const piece = new Uint8Array(PIECE);
  for (let index = 0; index < 1024; index += 1) {
    piece[0] = index % 251;
    seen(piece);
    yield piece.slice();
  }
}

/** A stream that says how much was taken of it. */
function counted(pieces, gone) {
  const source = pieces[Symbol.iterator]();
  return new ReadableStream(
    {
      pull(controller) {
        const { done, value } = source.next();
        if (done) return controller.close();
        gone.pulled += 1;
        controller.enqueue(value);
      },
      cancel() {
        gone.cancelled = true;
      },
    },
    { highWaterMark: 1 },
  );
}

/** Progress rises to the end, with the total where it is known. */
export async function watched(kettle) {
  const seen = [];
  const progress = (done, total) => seen.push([done, total]);
  const size = 3 * PIECE + 5;
  await kettle.hashArtifact(new Blob([new Uint8Array(size)]), { progress });
  const rises = seen.every(([done], index) => index === 0 || done > seen[index - 1][0]);
  const streamed = [];
  await kettle.hashArtifact(counted([new Uint8Array(7), new Uint8Array(8)], {}), { progress: (...told) => streamed.push(told) });
  const files = [];
  await kettle.openBundle([{ name: 'rg', data: new Blob([new Uint8Array(size)]) }], { progress: (...told) => files.push(told) });
  return {
    'progress rises to the end of a blob': rises && seen.length > 3 && seen.at(-1)[0] === size && seen.every(([, total]) => total === size),
    'progress of a stream has no total': streamed.at(-1)?.[0] === 15 && streamed.at(-1)?.[1] === undefined,
    'progress of a bundle names the file': files.at(-1)?.join() === `${size},${size},rg`,
  };
}

/** A signal ends the reading in the middle, with its own reason, and the stream is told. */
export async function cancelled(kettle) {
  const reason = new Error('enough');
  const ended = async (start) => {
    const control = new AbortController();
    const progress = (done) => done >= 4 * PIECE && control.abort(reason);
    return start({ progress, signal: control.signal }).then(
      () => 'was not ended',
      (error) => error,
    );
  };
  const gone = { pulled: 0 };
  const stream = await ended((watch) => kettle.hashArtifact(counted(large(), gone), watch));
  const data = new Blob(Array(8).fill(new Uint8Array(PIECE)));
  const blob = await ended((watch) => kettle.hashArtifact(data, watch));
  const bundle = await ended((watch) => kettle.openBundle([{ name: 'rg', data }], watch));
  const packed = new Response(new Blob([tarOf(data.size), data, new Uint8Array(1024)]).stream().pipeThrough(new CompressionStream('gzip')));
  const archive = await ended(async (watch) => kettle.openBundle([{ name: 'a.tar.gz', data: await packed.blob() }], watch));
  const early = await kettle.openBundle([], { signal: AbortSignal.abort(reason) }).catch((error) => error);
  return {
    'a signal ends a stream in the middle': stream === reason && gone.pulled < 8,
    'the stream is told': gone.cancelled === true,
    'a signal ends a blob': blob === reason,
    'a signal ends a file of a bundle': bundle === reason,
    'a signal ends a member of an archive': archive === reason,
    'a signal that was given before ends at once': early === reason,
  };
}

/** The header of a member of this size. */
function tarOf(size) {
  const block = new Uint8Array(512);
  const put = (at, words) => block.set(new TextEncoder().encode(words), at);
  put(0, 'artifacts/rg');
  put(124, `${size.toString(8).padStart(11, '0')} `);
  put(148, '        ');
  put(156, '0');
  put(257, 'ustar\x0000');
  put(148, `${block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `);
  return block;
}
