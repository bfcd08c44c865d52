/** How loud the own microphone is, measured in this browser and sent nowhere; and a test tone. */

const TONE_HZ = [523.25, 659.25, 783.99];
const NOTE_SECONDS = 0.28;

export class MicMeter {
  readonly #context = new AudioContext();
  readonly #analyser = this.#context.createAnalyser();
  readonly #source: MediaStreamAudioSourceNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(track: MediaStreamTrack) {
    this.#analyser.fftSize = 1024;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
    void this.#context.resume();
  }

  /** 0 to 1, on a scale on which ordinary speech reaches about the middle. */
  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return loudness(this.#samples);
  }

  close(): void {
    this.#source.disconnect();
    void this.#context.close();
  }
}

export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  return Math.min(1, Math.sqrt(rms) * 1.6);
}

/** Three rising notes through the chosen speaker. */
export async function playTone(speaker?: string): Promise<void> {
  const context = new AudioContext();
  if (speaker && "setSinkId" in context) {
    await (context as AudioContext & { setSinkId(id: string): Promise<void> }).setSinkId(speaker);
  }
  const end = TONE_HZ.length * NOTE_SECONDS;
  for (const [index, hertz] of TONE_HZ.entries()) playNote(context, hertz, index * NOTE_SECONDS);
  setTimeout(() => void context.close(), (end + 0.5) * 1000);
}

function playNote(context: AudioContext, hertz: number, startsAt: number): void {
  const from = context.currentTime + startsAt;
  const note = context.createOscillator();
  const volume = context.createGain();
  note.frequency.value = hertz;
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(0.2, from + 0.03);
  volume.gain.linearRampToValueAtTime(0, from + NOTE_SECONDS);
  note.connect(volume).connect(context.destination);
  note.start(from);
  note.stop(from + NOTE_SECONDS);
}
