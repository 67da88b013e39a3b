namespace DeepDigits.Jupyter;

/// <summary>A peer broke the rules of ZMTP, or asked for more than <see cref="ZmtpLimits"/> grants. Its connection is closed.</summary>
sealed class ZmtpException(string message) : IOException(message);
