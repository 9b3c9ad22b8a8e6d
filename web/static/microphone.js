// Hands what the microphone hears to the page (prompts.js): a worklet has a file of its own.
class Microphone extends AudioWorkletProcessor {
  process([input]) {
    if (input[0]) this.port.postMessage(input[0].slice());
    return true;
  }
}

registerProcessor("microphone", Microphone);
