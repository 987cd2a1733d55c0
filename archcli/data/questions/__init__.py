"""What a trained model is asked: examples without their answers, read part by part in constant memory."""
