namespace DeepDigits.Cli;

/// <summary>Arguments contradict one another, or one of them means nothing. The message names it, and what would be right.</summary>
sealed class UsageException(string message, Exception? cause = null) : Exception(message, cause);
