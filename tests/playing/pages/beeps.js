// Tells at which time of the audio clock each beep begins. Runs where the browser mixes its sound.
const LOUD = 0.12;
const APART = 0.5;

registerProcessor(
  "beeps",
  class extends AudioWorkletProcessor {
    last = Number.NEGATIVE_INFINITY;

    process([channels]) {
      for (let index = 0; index < (channels[0]?.length ?? 0); index++) {
        if (channels.every((samples) => Math.abs(samples[index]) < LOUD)) continue;
        const time = (currentFrame + index) / sampleRate;
        if (time - this.last > APART) this.port.postMessage(time);
        this.last = time;
      }
      return true;
    }
  },
);
